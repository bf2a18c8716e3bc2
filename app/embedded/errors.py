"""What goes wrong with an embedded service, said in one sentence that tells what to do."""


class EmbeddedServiceError(Exception):
    """An embedded service cannot start or stop; the message is for the person at the terminal."""
