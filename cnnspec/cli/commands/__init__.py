"""The commands: a file each, found by its name; its first line is the line of help, `command` what runs."""
