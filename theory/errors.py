"""The two ways a computation can refuse: bad input, and a policy that breaks its contract."""


class InputError(ValueError):
    """Input that does not describe a valid object; the message is one line naming the field."""


class PolicyError(RuntimeError):
    """A scheduling policy broke its contract; the message names the step and what it did."""
