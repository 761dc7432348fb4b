"""The composition root: settings, the container, the `rgs` command."""
