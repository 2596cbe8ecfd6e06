"""What a user can mend. build.py prints the message alone and leaves with the code."""


class BuildError(Exception):
    exit_code = 1


class DataMissing(BuildError):
    exit_code = 4
