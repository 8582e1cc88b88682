/*
 * Place one call with the official JavaScript SDK (purecloud-platform-client-v2), as its documentation shows.
 *
 * The SDK finds the mock through ~/.genesyscloudjavascript/config, which the crash test writes:
 *
 *     npm ci --prefix examples
 *     ringback crash-test -- node examples/official_sdk.js
 */
'use strict';

const platformClient = require('purecloud-platform-client-v2');

const NUMBER = '+442079460100';
const ALICE = 'a11ce000-0000-4000-8000-000000000001';

async function main() {
  await platformClient.ApiClient.instance.loginClientCredentialsGrant(
    process.env.GENESYSCLOUD_OAUTHCLIENT_ID,
    process.env.GENESYSCLOUD_OAUTHCLIENT_SECRET,
  );
  const conversations = new platformClient.ConversationsApi();
  const placed = await conversations.postConversationsCallsUserUserId(ALICE, { phoneNumber: NUMBER });
  console.log(`PLACED: ${placed.id}`);
  const call = await conversations.getConversationsCall(placed.id);
  call.participants.forEach((leg) => console.log(`  ${leg.purpose}: ${leg.state}`));
}

// The SDK watches its configuration file, which would keep the program alive.
main().then(
  () => process.exit(0),
  (error) => {
    console.error('FAILED:', error.message || error);
    process.exit(1);
  },
);
