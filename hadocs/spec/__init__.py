"""What the YAML files may say: closed and frozen models, without any reading of files."""
