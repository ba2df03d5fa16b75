{{ config(meta={'owner': 'finance'}) }}
-- What a customer pays.
price * (1 + rate / 100)
