"""Runs the real awscli many times without starting Python and loading botocore each time.

Reads one JSON list of arguments a line, forks, lets the child be `aws ARGUMENTS`, and answers with one JSON line:
its exit status and what it wrote.
"""

import contextlib
import json
import os
import sys
import tempfile

import awscli.clidriver

# What every child would load again, and compile again from the service's model. Each child has this driver as it is
# here, whatever the children before it did.
driver = awscli.clidriver.create_clidriver()
driver.session.create_client("s3", region_name="us-east-1", endpoint_url="http://127.0.0.1:1")
with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
    driver.main(["s3api", "put-object", "--generate-cli-skeleton"])


def run(arguments: list[str], output, errors) -> None:
    os.dup2(output.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        status = driver.main(arguments)
    except SystemExit as end:
        status = end.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


for line in sys.stdin:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            run(json.loads(line), output, errors)
        _, wait_status = os.waitpid(child, 0)
        output.seek(0)
        errors.seek(0)
        answer = {"status": os.waitstatus_to_exitcode(wait_status), "output": output.read().decode(),
                  "errors": errors.read().decode()}
    print(json.dumps(answer), flush=True)
