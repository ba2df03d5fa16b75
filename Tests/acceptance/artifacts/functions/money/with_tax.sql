{{ config(meta={'unit': 'eur'}) }} amount * (1 + rate)
