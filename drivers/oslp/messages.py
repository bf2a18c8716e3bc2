"""The messages of OSLP, described by their published field numbers and built at run time.

Source: OSGP/open-smart-grid-platform, oslp.proto (field numbers and types are facts of the
protocol). Only what a lighting platform needs is here; other fields pass unread. Nothing is
required on the wire, so that a device that leaves a field out is still understood.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError as ProtobufError

from drivers.errors import MalformedMessageError

_PACKAGE = "oslp"

# Each field: name, number, type; `*` marks a repeated field, a capital a message.
_FIELDS: Mapping[str, str] = {
    "Message": """
        register_device_request 1 RegisterDeviceRequest; register_device_response 2
        RegisterDeviceResponse; set_light_request 9 SetLightRequest; set_light_response 10 Answer;
        get_status_request 11 Question; get_status_response 12 GetStatusResponse;
        resume_schedule_request 13 ResumeScheduleRequest; resume_schedule_response 14 Answer;
        set_event_notifications_request 15 SetEventNotificationsRequest;
        set_event_notifications_response 16 Answer; event_notification_request 17
        EventNotificationRequest; event_notification_response 18 Answer; set_schedule_request 21
        SetScheduleRequest; set_schedule_response 22 Answer; get_power_usage_history_request 27
        GetPowerUsageHistoryRequest; get_power_usage_history_response 28
        GetPowerUsageHistoryResponse; get_actual_power_usage_request 29 Question;
        get_actual_power_usage_response 30 GetActualPowerUsageResponse; set_reboot_request 31
        Question; set_reboot_response 32 Answer; set_transition_request 33 SetTransitionRequest;
        set_transition_response 34 Answer; confirm_register_device_request 37
        ConfirmRegisterDeviceRequest; confirm_register_device_response 38
        ConfirmRegisterDeviceResponse
    """,
    "Question": "present 1 bool",
    "Answer": "status 1 uint32",
    "RegisterDeviceRequest": """
        device_identification 1 string; ip_address 2 bytes; device_type 3 uint32; has_schedule 4
        bool; random_device 5 uint32
    """,
    "RegisterDeviceResponse": """
        status 1 uint32; current_time 2 string; random_device 3 uint32; random_platform 4 uint32;
        location_info 5 LocationInfo
    """,
    "LocationInfo": "time_offset 1 sint32; latitude 2 sint32; longitude 3 sint32",
    "ConfirmRegisterDeviceRequest": "random_device 1 uint32; random_platform 2 uint32",
    "ConfirmRegisterDeviceResponse": """
        status 1 uint32; random_device 2 uint32; random_platform 3 uint32; sequence_window 4 uint32
    """,
    "LightValue": "index 1 bytes; on 2 bool; dim_value 3 bytes",
    "SetLightRequest": "values 1 *LightValue",
    "GetStatusResponse": """
        status 1 uint32; value 2 *LightValue; preferred_linktype 3 uint32; actual_linktype 4 uint32;
        light_type 5 uint32; event_notification_mask 6 uint32; startup_counter 17 uint32;
        firmware_version 19 string
    """,
    "ResumeScheduleRequest": "index 1 bytes; immediate 2 bool",
    "SetEventNotificationsRequest": "notification_mask 1 uint32",
    "EventNotificationRequest": "notifications 1 *EventNotification",
    "EventNotification": "event 1 uint32; index 2 bytes; description 3 string; timestamp 4 string",
    "SetScheduleRequest": "schedules 1 *Schedule; page_info 2 PageInfo; schedule_type 3 uint32",
    "Schedule": """
        weekday 1 uint32; start_day 2 string; end_day 3 string; action_time 4 uint32; time 5 string;
        window 6 Window; value 7 *LightValue; trigger_type 8 uint32; minimum_lights_on 9 uint32;
        index 10 uint32; is_enabled 11 bool
    """,
    "Window": "minutes_before 1 uint32; minutes_after 2 uint32",
    "PageInfo": "current_page 1 uint32; page_size 2 uint32; total_pages 3 uint32",
    "GetPowerUsageHistoryRequest": "time_period 1 TimePeriod; page 2 uint32; term_type 3 uint32",
    "GetPowerUsageHistoryResponse": """
        status 1 uint32; power_usage_data 2 *PowerUsageData; page_info 3 PageInfo
    """,
    "GetActualPowerUsageResponse": "status 1 uint32; power_usage_data 2 PowerUsageData",
    "TimePeriod": "start_time 1 string; end_time 2 string",
    "PowerUsageData": """
        record_time 1 string; meter_type 2 uint32; total_consumed_energy 3 uint64;
        actual_consumed_power 4 uint32; psld_data 5 PsldData; ssld_data 6 SsldData
    """,
    "PsldData": "total_lighting_hours 1 uint32",
    "SsldData": """
        actual_current1 1 uint32; actual_current2 2 uint32; actual_current3 3 uint32; actual_power1
        4 uint32; actual_power2 5 uint32; actual_power3 6 uint32; average_power_factor1 7 uint32;
        average_power_factor2 8 uint32; average_power_factor3 9 uint32; relay_data 10 *RelayData
    """,
    "RelayData": "index 1 bytes; total_lighting_minutes 2 uint32",
    "SetTransitionRequest": "transition_type 1 uint32; time 2 string",
}

_TYPES = {
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
    "bytes": descriptor_pb2.FieldDescriptorProto.TYPE_BYTES,
    "sint32": descriptor_pb2.FieldDescriptorProto.TYPE_SINT32,
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    "uint32": descriptor_pb2.FieldDescriptorProto.TYPE_UINT32,
    "uint64": descriptor_pb2.FieldDescriptorProto.TYPE_UINT64,
}


def _described() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="oslp", package=_PACKAGE, syntax="proto2")
    for name, fields in _FIELDS.items():
        message = file.message_type.add(name=name)
        for field in fields.split(";"):
            _add(message, *field.split())
    return file


def _add(message: descriptor_pb2.DescriptorProto, name: str, number: str, kind: str) -> None:
    field = message.field.add(name=name, number=int(number))
    is_repeated = kind.startswith("*")
    field.label = field.LABEL_REPEATED if is_repeated else field.LABEL_OPTIONAL
    if kind in _TYPES:
        field.type = _TYPES[kind]
    else:
        field.type = field.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{kind.removeprefix('*')}"


_pool = descriptor_pool.DescriptorPool()
_pool.Add(_described())
Message: Any = message_factory.GetMessageClass(_pool.FindMessageTypeByName(f"{_PACKAGE}.Message"))
"""The one message of the protocol: exactly one of its fields is there."""

NUMBERS: Mapping[str, int] = {field.name: field.number for field in Message.DESCRIPTOR.fields}
"""The number of each kind of message, which is the port of its frames."""

_NAMES = {number: name for name, number in NUMBERS.items()}


def parse(body: bytes) -> Any:
    """A message from its bytes; raises `DecodeError`."""
    try:
        return Message.FromString(body)
    except (ProtobufError, UnicodeDecodeError) as error:
        raise MalformedMessageError(f"OSLP message: {error}") from error


def kind_of(message: Any) -> str:
    """What a message is, by its field name; raises `DecodeError` when it is not one thing."""
    kinds = [field.name for field, _ in message.ListFields()]
    if len(kinds) != 1:
        raise MalformedMessageError(f"an OSLP message of {len(kinds)} kinds we know")
    name: str = kinds[0]
    return name


def number_of(body: bytes) -> int:
    """The number of a message's kind; raises `DecodeError`."""
    return NUMBERS[kind_of(parse(body))]


def name_of(number: int) -> str | None:
    """The kind of message a number stands for."""
    return _NAMES.get(number)
