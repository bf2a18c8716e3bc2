"""The server's side on the wire: one UDP socket, who is admitted, what is asked of devices."""
