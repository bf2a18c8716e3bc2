"""What is refused about calendars and programs, each under a stable code."""

from kit.errors import ConflictError, InvalidInputError, NotFoundError


class CalendarNotFoundError(NotFoundError):
    """Unknown, or of an organisation the caller may not see."""

    code = "calendar_not_found"
    title = "No such calendar"


class ControlProgramNotFoundError(NotFoundError):
    """Unknown, or of an organisation the caller may not see."""

    code = "control_program_not_found"
    title = "No such control program"


class ScheduleNameTakenError(ConflictError):
    """Names are unique within an organisation, for calendars and for programs."""

    code = "schedule_name_taken"
    title = "The name is taken"


class ScheduleChangedMeanwhileError(ConflictError):
    """The version that was edited is not the latest any more."""

    code = "schedule_changed_meanwhile"
    title = "Somebody changed it meanwhile"


class UnknownProgramError(InvalidInputError):
    """A calendar uses programs of its own organisation."""

    code = "calendar_names_unknown_program"
    title = "The calendar names a program it cannot use"


class NightsNotComputableError(InvalidInputError):
    """The dates or the clock asked for make no sense."""

    code = "nights_not_computable"
    title = "These nights cannot be worked out"
