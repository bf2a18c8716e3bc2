"""What an order says in the language of its device, by the profile."""

from drivers import profiles
from drivers.contract import Dims, PortFrame
from drivers.errors import EncodeError
from lighting.control.model import Order


def words_of(order: Order) -> PortFrame:
    """The bytes that order the level, or those the order carries itself; `EncodeError` for a
    profile that takes no levels."""
    if order.frame is not None:
        return order.frame
    driver = profiles.driver(order.profile)
    if not isinstance(driver, Dims):
        raise EncodeError(f"profile {order.profile} takes no levels")
    return driver.set_level(order.level_percent)
