"""Both clients of KMS, with one face: `kms("Encrypt", KeyId=…)` answers the body by the API's names.

They differ on the wire: npm's signs V1 and sends everything in the query, a map as EncryptionContext.KEY; PyPI's signs
ACS3-HMAC-SHA256 and sends maps as JSON, and what is long or secret in a form.
"""

import re
import urllib.parse

import alibabacloud_kms20160120.client
from alibabacloud_kms20160120 import models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from clients.node_models import Thrown, node_models
from harness.server import ACCESS_KEY_ID, ACCESS_KEY_SECRET, REGION

NODE = """
    const config = new rpc.Config({ accessKeyId: id, accessKeySecret: secret, securityToken: token ?? undefined,
                                    endpoint: host, protocol: 'http', regionId: region,
                                    // On a busy machine a key of RSA takes longer than its few seconds.
                                    connectTimeout: 60000, readTimeout: 60000 });
    const request = new kms[operation + 'Request']({});
    const names = Object.entries(kms[operation + 'Request'].names());
    for (const [name, value] of Object.entries(parameters)) {
      request[(names.find((entry) => entry[1] === name) ?? [name])[0]] = value;
    }
    const method = operation[0].toLowerCase() + operation.slice(1);
    // The client tells the runtime's errors and the service's apart by `code`.
    return tea.toMap(await new kms.default(config)[method](request));
"""


class KmsError(Exception):
    def __init__(self, code: str, message: str):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class _Kms:
    def __init__(self, server, key=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET, token=None):
        self.host = urllib.parse.urlsplit(server.url).netloc
        self.key, self.secret, self.token = key, secret, token

    def code(self, operation, **parameters) -> str:
        """The code of the error that it must answer."""
        try:
            self(operation, **parameters)
        except KmsError as error:
            return error.code
        raise AssertionError(f"{operation} succeeded")


class NpmKms(_Kms):
    """@alicloud/kms20160120: the operations of 2020."""
    name = "npm"

    def __call__(self, operation, **parameters):
        try:
            return node_models().run(NODE, id=self.key, secret=self.secret, token=self.token, host=self.host,
                                     region=REGION, operation=operation, parameters=parameters)
        except Thrown as error:
            if not error.code:
                raise
            # It is thrown as CODEError.
            raise KmsError(error.code.removesuffix("Error"), error.message) from None


class PypiKms(_Kms):
    """alibabacloud-kms20160120: all of them."""
    name = "pypi"

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.client = alibabacloud_kms20160120.client.Client(Config(
            access_key_id=self.key, access_key_secret=self.secret, security_token=self.token, endpoint=self.host,
            protocol="http", region_id=REGION, connect_timeout=60000, read_timeout=60000))

    def __call__(self, operation, **parameters):
        method = getattr(self.client, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).lower())
        request = getattr(models, operation + "Request", None)
        try:
            answer = method(request().from_map(parameters)) if request else method()
        except AlibabaCloudException as error:
            raise KmsError(error.code, error.message) from None
        return answer.body.to_map()


CLIENTS = [NpmKms, PypiKms]
