not sql at all {{
