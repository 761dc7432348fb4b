"""The subcommands of `rgs`, one module each."""
