{{ config(post_hook='select error(\'after a\')') }}
select 1 as id
