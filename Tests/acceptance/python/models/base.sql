select *, id::hugeint * 100000000000000000000 as big, interval (id) month as span, [id, id+1] as list,
 {'a': id, 'b': name} as st, map([name],[id]) as m, uuid() is not null as u, '101'::bit as bits, id::utinyint as tiny,
 ('x' || id)::blob as bl, "at"::timestamptz as tz, "at"::date as d, "at"::time as t, id::decimal(20,4) as dec, "at"::timestamp_s as ts_s,
 (case when id = 1 then 'p' else 'q' end)::enum('p','q') as en, {'h': id::hugeint, 'i': interval (id) day} as deep
from {{ ref('raw') }}
