max("a ""b"" é") - min("a ""b"" é")
