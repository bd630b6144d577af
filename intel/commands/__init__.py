"""The commands, one module a group; `intel.cli` loads the one that is asked for."""
