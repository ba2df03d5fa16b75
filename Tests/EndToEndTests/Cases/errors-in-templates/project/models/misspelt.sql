select {% if execute %}{{ shuot('x') }}{% endif %} as x
