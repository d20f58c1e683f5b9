import socket
import threading

from drills.load.client import exchange
from tests.helpers.ports import closed_port, silent_port


def test_refused_connection_is_an_outcome_without_a_status() -> None:
    answer = exchange(f"http://{closed_port()}", "GET", "/", {}, b"", 1.0)
    assert (answer.status, answer.error) == (None, "connection refused")


def test_silence_is_an_outcome_with_its_limit() -> None:
    with silent_port() as address:
        answer = exchange(f"http://{address}", "GET", "/", {}, b"", 0.1)
    assert (answer.status, answer.error) == (None, "no answer within 0.1 s")


def test_connection_that_closes_without_an_answer_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(1024)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        answer = exchange(url, "GET", "/", {}, b"", 5.0)
        thread.join()
    assert (answer.status, answer.error) == (None, "connection closed without an answer")
