"""`python -m spiders.city`: serve the demo city until interrupted."""

from __future__ import annotations

import typer

from spiders.city.server import PORT, serve


def main(port: int = PORT) -> None:
    """Serve the demo city on loopback."""
    server = serve(port)
    typer.echo(f"demo city: {server.address.url()}  (Ctrl-C ends it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        typer.echo("demo city closed")
    finally:
        server.server_close()


if __name__ == "__main__":
    typer.run(main)
