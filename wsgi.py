"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

import atexit
import os
from contextlib import ExitStack

from registry.app import create_app
from registry.lifeline import end_with_spawner
from registry.serving import build_services
from registry.settings import load_settings
from registry.web.frame import compile_templates

end_with_spawner()
_until_exit = ExitStack()
atexit.register(_until_exit.close)
app = create_app(build_services(load_settings(os.environ), _until_exit))
compile_templates(app)
