"""A server for mail on loopback. Says its port, then each mail that it takes as a line of JSON.

MODE is `take`; `refuse` (550 to whoever is written to); `later` (451 to the text, once, then takes); `hang-up` (takes the
text and hangs up without an answer); `auth` (wants user `clinic` and password `s3cret-of-it`).
"""

import asyncio
import json
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult

MODE = sys.argv[1]


def say(what):
    print(json.dumps(what), flush=True)


def allowed(server, session, envelope, mechanism, data):
    right = data.login == b"clinic" and data.password == b"s3cret-of-it"
    return AuthResult(success=right, handled=False)


class Handler:
    later = MODE == "later"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if MODE == "refuse":
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.later:
            Handler.later = False
            return "451 try again"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        say(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "headers": {name.lower(): str(value) for name, value in mail.items()},
                "text": mail.get_body(("plain",)).get_content(),
                "html": mail.get_body(("html",)).get_content(),
                "files": [
                    [part.get_filename(), part.get_content_type(), part.get_payload(decode=True).decode("latin-1")]
                    for part in mail.iter_attachments()
                ],
            }
        )
        if MODE == "hang-up":
            server.transport.abort()
        return "250 taken"


def session():
    auth = MODE == "auth"
    return SMTP(
        Handler(),
        hostname="peer.example",
        authenticator=allowed if auth else None,
        auth_required=auth,
        auth_require_tls=False,
    )


async def main():
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(main())
