{% set config_of_run = builtins.ref.config %}
select
  '{{ invocation_args_dict.which }} {{ invocation_args_dict.select | join("+") }} {{ invocation_args_dict.full_refresh }}' as called,
  '{{ invocation_args_dict.vars.a }} {{ config_of_run.cli_vars.a }} {{ config_of_run.vars.to_dict().vars.b }}' as vars,
  '{{ dbt_metadata_envs | tojson }}' as environment,
  '{{ config_of_run.project_name }} {{ config_of_run.version }} {{ config_of_run.target_name }} {{ config_of_run.threads }}' as project,
  '{{ config_of_run.dependencies["shop"].version }} {{ config_of_run.args.select | first }}' as packages,
  '{{ config_of_run.get("target_path") }} {{ config_of_run.model_paths | join }}' as paths,
  '{{ builtins.ref("other") }}' as relation,
  '{{ flags.WHICH }} {{ flags.EMPTY }} {{ flags.FAIL_FAST }}' as flags
