select nothing_such from fine
