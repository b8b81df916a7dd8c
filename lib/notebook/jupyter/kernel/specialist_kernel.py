"""The kernel of this project's notebooks: a proxy between Jupyter and Deno's own kernel.

Deno's kernel says that a cell is done before all of its output is out, and files output under
whatever cell was sent last; Jupyter's Stop kills it. The proxy gives it one cell at a time, tells
Jupyter that the cell is done after its last output, and turns Stop into an aborted signal
(prelude.ts) or, where a cell never lets the event loop turn, into V8's termination of the cell.
Deno runs as a child whose standard input is a pipe from here: it ends when this process does.
"""

import asyncio
import os
import re
import signal
import subprocess
from pathlib import Path
from queue import Empty

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

DENO = os.environ.get("SPECIALIST_DENO", "deno")
PRELUDE = Path(__file__).with_name("prelude.ts").read_text()
HOOKS = 'globalThis[Symbol.for("specialist.kernel")]'
OUTPUTS = {"stream", "display_data", "update_display_data", "execute_result", "clear_output"}
STOPPED = ("Interrupted", "Stopped; variables are kept")
# A cell that blocks the event loop gets this long: its step may be a long one that ends by itself.
PATIENCE = 5.0


class DenoEnded(Exception):
    """The child is gone, and with it the notebook's variables."""


class SpecialistKernel(Kernel):
    implementation = "specialist"
    implementation_version = "1"
    banner = "TypeScript on Deno"
    language_info = {
        "name": "typescript",
        "mimetype": "text/x.typescript",
        "file_extension": ".ts",
        "pygments_lexer": "typescript",
        "codemirror_mode": "typescript",
        "nbconvert_exporter": "script",
    }

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.manager = None
        self.client = None
        self.cell = {}  # the request whose output arrives
        self.error = None  # what the cell threw, kept until its other output is out
        self.ended = asyncio.Event()
        self.heard = asyncio.Event()  # the event loop has seen the last SIGINT
        self.heard.set()
        self.hurry = asyncio.Event()
        self.stopping = None
        self.running = False
        self.stopped_early = False

    @property
    def kernel_info(self):
        return {**super().kernel_info, "supported_features": []}

    async def do_execute(
        self, code, silent, store_history=True, user_expressions=None, allow_stdin=False
    ):
        self.cell, self.error, self.stopping = self.get_parent(), None, None
        self.stopped_early = False
        self.hurry.clear()
        try:
            await self._start()
            if self.stopped_early:
                return self._fail(*STOPPED, silent)
            self.running = True
            reply = await self._evaluate(code, silent=silent)
            self.running = False
            await self._settle()
        except DenoEnded:
            self.io_loop.call_later(1, os._exit, 1)  # Jupyter then says so, and starts another
            what = "Deno has ended, and variables are lost; see Jupyter's terminal"
            return self._fail("KernelDied", what, silent)
        if reply["status"] == "ok":
            return {**reply, "execution_count": self.execution_count}
        if self.error:
            return self._fail(silent=silent, **self.error)
        if self.stopping:
            return self._fail(*STOPPED, silent)
        if syntax := await syntax_error(code):
            return self._fail("SyntaxError", syntax, silent)
        return self._fail("Error", "The cell awaits what can never come", silent)

    def _fail(self, ename, evalue, silent, traceback=()):
        content = {"ename": ename, "evalue": evalue}
        content["traceback"] = list(traceback) or [f"{ename}: {evalue}"]
        if not silent:
            self.session.send(self.iopub_socket, "error", content, self.cell)
        return {"status": "error", "execution_count": self.execution_count, **content}

    async def do_complete(self, code, cursor_pos):
        nothing = await super().do_complete(code, cursor_pos)
        try:
            await self._start()
            request = self.client.complete(code, cursor_pos)
            return (await asyncio.wait_for(self._reply(request), timeout=2))["content"]
        except (DenoEnded, TimeoutError):
            return nothing

    async def interrupt_request(self, stream, ident, parent):
        self.io_loop.add_callback(self._stop)  # this is the control channel's thread
        self.session.send(stream, "interrupt_reply", {"status": "ok"}, parent, ident=ident)

    async def do_shutdown(self, restart):
        if self.manager:
            self.manager.provisioner.process.kill()
            self.manager.cleanup_connection_file()
        return {"status": "ok", "restart": restart}

    # Deno

    async def _start(self):
        if self.client:
            return
        self.manager = AsyncKernelManager()
        argv = [DENO, "jupyter", "--quiet", "--kernel", "--conn", "{connection_file}"]
        self.manager._kernel_spec = KernelSpec(argv=argv, language="typescript")
        environment = {**os.environ, "DENO_V8_FLAGS": "--expose-gc"}
        try:
            await self.manager.start_kernel(env=environment, stdin=subprocess.PIPE)
            self.client = self.manager.client()
            self.client.start_channels()
            await self.client.wait_for_ready(timeout=60)
        except (OSError, RuntimeError) as error:
            raise DenoEnded from error
        await self._evaluate(PRELUDE)
        self.reader = asyncio.create_task(self._forward_output())

    async def _evaluate(self, code, silent=True):
        return (await self._reply(self.client.execute(code, silent, not silent)))["content"]

    async def _reply(self, request):
        while True:
            try:
                message = await self.client.get_shell_msg(timeout=1)
            except Empty:
                if not await self.manager.is_alive():
                    raise DenoEnded from None
                continue
            if message["parent_header"].get("msg_id") == request:
                return message

    async def _forward_output(self):
        while True:
            message = await self.client.get_iopub_msg()
            kind, content = message["msg_type"], message["content"]
            if kind == "specialist_end":
                self.ended.set()
            elif kind == "specialist_stopping":
                self.heard.set()
            elif kind == "error":
                self.error = content
            elif kind in OUTPUTS:
                if kind == "execute_result":
                    content["execution_count"] = self.execution_count
                self.session.send(
                    self.iopub_socket,
                    kind,
                    content,
                    self.cell,
                    metadata=message["metadata"],
                    buffers=message["buffers"],
                )

    async def _settle(self):
        """Waits until a Stop that came late is over, and the cell's output is out."""
        if self.stopping:
            self.stopping.cancel()
            await first_of(self.heard, timeout=10)
        self.ended.clear()
        await self._evaluate(f"{HOOKS}.endCell()")
        await first_of(self.ended, timeout=60)

    # Stop

    def _stop(self):
        if not self.running:
            self.stopped_early = True
        elif self.stopping:
            self.hurry.set()
        else:
            self.stopping = asyncio.create_task(self._stop_cell())

    async def _stop_cell(self):
        """Runs until the cell has ended; Stop again makes haste."""
        self._signal()
        await first_of(self.heard, self.hurry, timeout=PATIENCE)
        if not self.heard.is_set():
            # JavaScript is running now. An idle event loop would not survive this.
            self._terminate()
        while True:
            await self.heard.wait()
            await self.hurry.wait()
            self.hurry.clear()
            self._signal()

    def _signal(self):
        self.heard.clear()
        os.kill(self.manager.provisioner.pid, signal.SIGINT)

    def _terminate(self):
        request = self.client.session.msg("interrupt_request", {})
        self.client.control_channel.send(request)


async def first_of(*events, timeout):
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def syntax_error(code):
    """What keeps a cell, which Deno's kernel has refused without a word, from being TypeScript."""
    process = await asyncio.create_subprocess_exec(
        *(DENO, "fmt", "--ext", "ts", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1"},
    )
    _, message = await process.communicate(code.encode())
    found = re.search(r"SyntaxError: (.*?)(?=\n +at |\n\n|$)", message.decode(), re.DOTALL)
    return found and found[1]


if __name__ == "__main__":
    IPKernelApp.launch_instance(
        kernel_class=SpecialistKernel,
        capture_fd_output=False,  # what Deno itself says is for Jupyter's terminal
        log_level="ERROR",
    )
