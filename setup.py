"""What pyproject.toml cannot say: the wheel lays templates/<app> inside the app, where a host's APP_DIRS finds it."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

TEMPLATES = Path(__file__).parent / "templates"
APPS = ("clinic", "exercises")


class BuildWithTemplates(build_py):
    """build_py, and the templates of the apps; those of the runnable project stay out."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for app in APPS:
            if (TEMPLATES / app).is_dir():
                shutil.copytree(TEMPLATES / app, Path(self.build_lib, app, "templates", app), dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithTemplates})
