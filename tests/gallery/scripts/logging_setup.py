# SPDX-License-Identifier: MIT
# Expected: works
import logging
import sys

# --8<-- [start:configure]
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("[%(levelname)s] %(name)s - %(message)s"))
root = logging.getLogger()
root.handlers = [handler]
root.setLevel(logging.INFO)
# --8<-- [end:configure]
# --8<-- [start:use]
log = logging.getLogger("app.train")
log.info("starting with %d examples", 128)
log.debug("not shown")
log.warning("learning rate is high")
# --8<-- [end:use]
# --8<-- [start:level]
logging.getLogger("app").setLevel(logging.DEBUG)
log.debug("now it is shown")
# --8<-- [end:level]
# --8<-- [start:error]
try:
    {}["missing"]
except KeyError as e:
    log.error("lookup failed: %s", e)
# --8<-- [end:error]
