// What test_go_sdk_core.py does through Alibaba Cloud's Go SDK, on which the aliyun command line is built.
// Arguments: HOST, access key id, secret. Prints one JSON object for each step; ends at the first error.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/actiontrail"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ims"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/kms"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ram"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/sts"
)

const region = "cn-hangzhou"

var host, keyID, secret string

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Points a request here.
func to(request *requests.RpcRequest) {
	request.Domain = host
	request.Scheme = "http"
}

func say(step string, value interface{}) {
	text, err := json.Marshal(map[string]interface{}{"step": step, "value": value})
	check(err)
	fmt.Println(string(text))
}

func policy(effect, action, principal string) string {
	return fmt.Sprintf(`{"Version":"1","Statement":[{"Effect":"%s","Action":"%s",%s}]}`, effect, action, principal)
}

func identities() (key ram.AccessKey, roleArn string) {
	client, err := ram.NewClientWithAccessKey(region, keyID, secret)
	check(err)
	user := ram.CreateCreateUserRequest()
	to(user.RpcRequest)
	user.UserName, user.DisplayName = "go", "名"
	made, err := client.CreateUser(user)
	check(err)
	say("CreateUser", made.User)

	list := ram.CreateListUsersRequest()
	to(list.RpcRequest)
	list.MaxItems = requests.NewInteger(1)
	users, err := client.ListUsers(list)
	check(err)
	say("ListUsers", users.Users.User)

	document := ram.CreateCreatePolicyRequest()
	to(document.RpcRequest)
	document.PolicyName = "assume"
	document.PolicyDocument = policy("Allow", "sts:AssumeRole", `"Resource":"*"`)
	_, err = client.CreatePolicy(document)
	check(err)
	attach := ram.CreateAttachPolicyToUserRequest()
	to(attach.RpcRequest)
	attach.PolicyType, attach.PolicyName, attach.UserName = "Custom", "assume", "go"
	_, err = client.AttachPolicyToUser(attach)
	check(err)

	role := ram.CreateCreateRoleRequest()
	to(role.RpcRequest)
	role.RoleName = "go"
	role.AssumeRolePolicyDocument = policy("Allow", "sts:AssumeRole",
		fmt.Sprintf(`"Principal":{"RAM":["acs:ram::%s:root"]}`, account()))
	madeRole, err := client.CreateRole(role)
	check(err)

	create := ram.CreateCreateAccessKeyRequest()
	to(create.RpcRequest)
	create.UserName = "go"
	madeKey, err := client.CreateAccessKey(create)
	check(err)

	// An error is the SDK's, with the vendor's code.
	again := ram.CreateCreateUserRequest()
	to(again.RpcRequest)
	again.UserName = "go"
	_, err = client.CreateUser(again)
	fault, ok := err.(*errors.ServerError)
	if !ok {
		check(fmt.Errorf("CreateUser twice: %v", err))
	}
	say("CreateUserTwice", map[string]interface{}{"code": fault.ErrorCode(), "status": fault.HttpStatus()})
	return madeKey.AccessKey, madeRole.Role.Arn
}

func account() string {
	client, err := sts.NewClientWithAccessKey(region, keyID, secret)
	check(err)
	request := sts.CreateGetCallerIdentityRequest()
	to(request.RpcRequest)
	who, err := client.GetCallerIdentity(request)
	check(err)
	return who.AccountId
}

func session(key ram.AccessKey, roleArn string) {
	client, err := sts.NewClientWithAccessKey(region, key.AccessKeyId, key.AccessKeySecret)
	check(err)
	request := sts.CreateAssumeRoleRequest()
	to(request.RpcRequest)
	request.RoleArn, request.RoleSessionName = roleArn, "from-go"
	request.DurationSeconds = requests.NewInteger(900)
	assumed, err := client.AssumeRole(request)
	check(err)
	// What a session may not do comes back with who was denied what.
	credentials := assumed.Credentials
	inside, err := sts.NewClientWithStsToken(region, credentials.AccessKeyId, credentials.AccessKeySecret, credentials.SecurityToken)
	check(err)
	ask := sts.CreateGetCallerIdentityRequest()
	to(ask.RpcRequest)
	who, err := inside.GetCallerIdentity(ask)
	check(err)
	say("AssumeRole", map[string]string{"arn": who.Arn, "type": who.IdentityType})
	denied, err := ram.NewClientWithStsToken(region, credentials.AccessKeyId, credentials.AccessKeySecret, credentials.SecurityToken)
	check(err)
	list := ram.CreateListUsersRequest()
	to(list.RpcRequest)
	_, err = denied.ListUsers(list)
	fault, ok := err.(*errors.ServerError)
	if !ok {
		check(fmt.Errorf("ListUsers by a role without policies: %v", err))
	}
	say("Denied", map[string]interface{}{"code": fault.ErrorCode(), "status": fault.HttpStatus(), "detail": fault.AccessDeniedDetail()})
}

func keys() {
	client, err := kms.NewClientWithAccessKey(region, keyID, secret)
	check(err)
	create := kms.CreateCreateKeyRequest()
	to(create.RpcRequest)
	made, err := client.CreateKey(create)
	check(err)
	encrypt := kms.CreateEncryptRequest()
	to(encrypt.RpcRequest)
	encrypt.KeyId = made.KeyMetadata.KeyId
	encrypt.Plaintext = base64.StdEncoding.EncodeToString([]byte("a text"))
	encrypt.EncryptionContext = `{"a":"1"}`
	sealed, err := client.Encrypt(encrypt)
	check(err)
	decrypt := kms.CreateDecryptRequest()
	to(decrypt.RpcRequest)
	decrypt.CiphertextBlob, decrypt.EncryptionContext = sealed.CiphertextBlob, `{"a":"1"}`
	opened, err := client.Decrypt(decrypt)
	check(err)
	plain, err := base64.StdEncoding.DecodeString(opened.Plaintext)
	check(err)
	say("Decrypt", map[string]bool{"text": string(plain) == "a text", "key": opened.KeyId == made.KeyMetadata.KeyId})

	hide := kms.CreateCreateSecretRequest()
	to(hide.RpcRequest)
	hide.SecretName, hide.VersionId, hide.SecretData, hide.EncryptionKeyId = "go", "v1", "hidden", made.KeyMetadata.KeyId
	_, err = client.CreateSecret(hide)
	check(err)
	show := kms.CreateGetSecretValueRequest()
	to(show.RpcRequest)
	show.SecretName = "go"
	value, err := client.GetSecretValue(show)
	check(err)
	say("GetSecretValue", map[string]interface{}{"data": value.SecretData, "stages": value.VersionStages.VersionStage})
}

func user() {
	client, err := ims.NewClientWithAccessKey(region, keyID, secret)
	check(err)
	request := ims.CreateGetUserRequest()
	to(request.RpcRequest)
	request.UserPrincipalName = "go@" + account() + ".onaliyun.com"
	found, err := client.GetUser(request)
	check(err)
	say("GetUser", map[string]string{"name": found.User.UserPrincipalName, "display": found.User.DisplayName})
}

func events() {
	client, err := actiontrail.NewClientWithAccessKey(region, keyID, secret)
	check(err)
	request := actiontrail.CreateLookupEventsRequest()
	to(request.RpcRequest)
	request.StartTime = time.Now().UTC().Add(-time.Hour).Format("2006-01-02T15:04:05Z")
	request.EndTime = time.Now().UTC().Add(time.Minute).Format("2006-01-02T15:04:05Z")
	request.LookupAttribute = &[]actiontrail.LookupEventsLookupAttribute{{Key: "EventName", Value: "CreateSecret"}}
	found, err := client.LookupEvents(request)
	check(err)
	var names []interface{}
	for _, event := range found.Events {
		names = append(names, event["eventName"])
	}
	say("LookupEvents", names)
}

// Any API by name, as the command line asks for those that it has no description of.
func common() {
	client, err := sts.NewClientWithAccessKey(region, keyID, secret)
	check(err)
	request := requests.NewCommonRequest()
	request.Domain, request.Scheme, request.Version, request.ApiName = host, "http", "2015-05-01", "GetUser"
	request.QueryParams["UserName"] = "go"
	answer, err := client.ProcessCommonRequest(request)
	check(err)
	var value map[string]interface{}
	check(json.Unmarshal(answer.GetHttpContentBytes(), &value))
	say("CommonRequest", value["User"].(map[string]interface{})["UserName"])
}

func main() {
	host, keyID, secret = os.Args[1], os.Args[2], os.Args[3]
	key, roleArn := identities()
	session(key, roleArn)
	keys()
	user()
	events()
	common()
}
