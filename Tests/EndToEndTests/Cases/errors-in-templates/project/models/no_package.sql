select {% if execute %}{{ not_installed.shout('x') }}{% endif %} as x
