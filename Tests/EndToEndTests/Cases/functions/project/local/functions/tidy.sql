upper(trim(word))
