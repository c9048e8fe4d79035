"""Prints the options of an authentication plugin, as oslo-config-generator prints options.

Run by the Python that has a series' packages, which is not the one that hadocs runs by.
"""

import json
import sys

from keystoneauth1.loading import get_auth_plugin_conf_options  # type: ignore[import-not-found]  # of that Python

json.dump(
    [
        {
            "name": option.dest,
            "type": "string value",
            "deprecated_opts": [
                {"group": old.group, "name": old.name} for old in option.deprecated_opts
            ],
        }
        for option in get_auth_plugin_conf_options(sys.argv[1])
    ],
    sys.stdout,
)
