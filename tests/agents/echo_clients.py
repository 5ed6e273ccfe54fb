"""
Clients of the real python library, one for each of `ECHO_CLIENTS`, JSON: `[{"room": "..", "url": "..", "token": ".."}]`. Each
sends a numbered packet every 100 ms until SIGTERM, and counts those that its agent sends back; what is not back some seconds
after the last one was sent is missing. Standard output: one JSON object a line; the last of each client is its tally.
"""

import asyncio
import json
import os
import signal

from livekit import rtc

ASK, REPLY = "lkps.echo", "lkps.echo.reply"
EVERY_S = 0.1
LAST_ECHO_S = 10.0


def say(event: dict) -> None:
    os.write(1, (json.dumps(event) + "\n").encode())


async def talk(name: str, url: str, token: str, over: asyncio.Event) -> None:
    room = rtc.Room()
    back: set[int] = set()
    answered = asyncio.Event()

    @room.on("data_received")
    def heard(packet: rtc.DataPacket) -> None:
        if packet.topic == REPLY:
            back.add(int(packet.data))
            answered.set()
            if len(back) % 10 == 0:
                say({"event": "ten_echoes", "room": name})

    @room.on("participant_attributes_changed")
    def changed(attributes: dict, participant: rtc.Participant) -> None:
        say({"event": "attributes", "room": name, "identity": participant.identity, "changed": attributes})

    @room.on("participant_connected")
    def came(participant: rtc.RemoteParticipant) -> None:
        say({"event": "came", "room": name, "identity": participant.identity, "kind": participant.kind})

    @room.on("participant_disconnected")
    def left(participant: rtc.RemoteParticipant) -> None:
        say({"event": "left", "room": name, "identity": participant.identity})

    await room.connect(url, token)
    for participant in room.remote_participants.values():
        came(participant)
        changed(dict(participant.attributes), participant)
    asked = 0
    first = 0
    while not over.is_set():
        asked += 1
        await room.local_participant.publish_data(str(asked), topic=ASK)
        if answered.is_set() and first == 0:
            # What was asked before there was an agent to hear it does not count.
            first = min(back)
            say({"event": "echoing", "room": name})
        await asyncio.sleep(EVERY_S)
    counted = range(max(first, 1), asked + 1)
    left_s = LAST_ECHO_S
    while left_s > 0 and not back.issuperset(counted):
        await asyncio.sleep(EVERY_S)
        left_s -= EVERY_S
    missing = [number for number in counted if number not in back]
    say({"event": "tally", "room": name, "asked": len(counted), "missing": missing})
    await room.disconnect()


async def main() -> None:
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    clients = json.loads(os.environ["ECHO_CLIENTS"])
    await asyncio.gather(*(talk(client["room"], client["url"], client["token"], over) for client in clients))


if __name__ == "__main__":
    asyncio.run(main())
