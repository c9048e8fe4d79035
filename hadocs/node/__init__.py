"""Programs that are shipped to nodes: each one file, pure Python from 3.9, nothing imported."""
