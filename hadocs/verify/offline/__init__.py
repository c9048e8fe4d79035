"""What can be proven without a cluster: the cluster configuration, settings, files."""
