"""Every error that this project raises for a user's mistake or a broken promise.

FlywheelError
├── UserError               the caller can mend it: one line, exit 2
│   ├── ConfigError         a setting is missing or wrong
│   ├── SourceError         a source cannot be found, opened or read
│   ├── InputError          a line or file given to a command breaks its rules
│   │   └── ConflictError   right by itself, but not as things stand now
│   │       └── MeanwhileError  ... since it was shown: may be done all the same
│   ├── PromptError         a prompt file is missing, malformed or uses an undefined name
│   └── ReleaseError        a release is missing, damaged or refused
├── ScrubError              personal data cannot be taken out: its batch stops
│   └── CanaryError         planted identities were not found: the run stops before it writes
├── CheckError              an expectation could not be computed: its batch stops
├── StoreError              the database is locked too long or damaged
│   └── NewerError          it is of a newer version: upgrade (a UserError, too)
├── LeakError               the bank and the golden set would share a case
├── ModelError              a model endpoint did not give a usable answer
└── WithheldError           a bug, told by kind and place only: its text could quote a user

No message quotes text that a user or a model wrote.
"""


class FlywheelError(Exception):
    """The root of the tree."""


class UserError(FlywheelError):
    """A mistake that the caller can mend; the message says how."""


class ConfigError(UserError):
    """A setting is missing or wrong."""


class SourceError(UserError):
    """A source cannot be found, opened or read."""


class InputError(UserError):
    """A line or file given to a command breaks its rules."""


class ConflictError(InputError):
    """Right by itself, but not as things stand now: look again."""


class MeanwhileError(ConflictError):
    """Something happened since it was shown; who knows of it may do it all the same."""


class PromptError(UserError):
    """A prompt file is missing, malformed or uses an undefined name."""


class ReleaseError(UserError):
    """A release is missing, damaged or refused."""


class ScrubError(FlywheelError):
    """The scrubber does not work, or all must pass and one text does not: nothing is written."""


class CanaryError(ScrubError):
    """Planted identities were not found: the run writes nothing."""


class CheckError(FlywheelError):
    """An expectation could not be computed: nothing of its batch is written."""


class StoreError(FlywheelError):
    """The database is locked too long or damaged."""


class NewerError(StoreError, UserError):
    """The database is of a newer version than this program: upgrade it."""


class LeakError(FlywheelError):
    """The bank and the golden set would share a case."""


class ModelError(FlywheelError):
    """A model endpoint did not give a usable answer."""


class WithheldError(FlywheelError):
    """A bug, told by kind and place only: its text could quote what a user wrote."""
