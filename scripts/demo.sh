#!/usr/bin/env bash
# The demo: a year of real flights is read, modelled, checked and published, and then asked a question.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
weir=$PWD/.build/release/weir
cache=${WEIR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weir}

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\033[1m' plain=$'\033[0m'; fi
step() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }

scripts/fetch.py flights "$cache/flights"
ln -sfn "$cache/flights" Examples/flights/data
cd Examples/flights

step "Every flight that left New York in 2013: read, modelled, checked, published"
"$weir" build

step "Which carriers are late most, and is it worse when it blows?"
"$weir" show --quiet --limit 10 --inline "
  select
    carrier_name as carrier,
    flights,
    late_percent || ' %' as late,
    late_percent_calm || ' %' as \"in light wind\",
    late_percent_windy || ' %' as \"in strong wind\"
  from {{ ref('carrier_in_wind') }}
  where flights > 1000
  order by late_percent desc"

step "And when it rains?"
"$weir" show --quiet --inline "
  select
    if(is_raining, 'rain', 'dry') as weather,
    sum(flights) as flights,
    round(sum(flights * late_percent) / sum(flights)) || ' %' as late,
    round(sum(flights * mean_departure_delay_minutes) / sum(flights)) || ' min' as \"mean delay\"
  from {{ ref('delay_by_weather') }}
  group by is_raining
  order by is_raining"

printf '\nLate is 15 minutes or more after schedule. The warehouse is one DuckDB file: %s\n' "$PWD/flights.duckdb"
printf 'Ask it anything:  cd %s && %s show --inline "from route_on_time order by late_percent desc"\n' "$PWD" "$weir"
