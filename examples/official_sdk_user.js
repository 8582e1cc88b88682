/*
 * Place one call as a user with the official JavaScript SDK, which then holds a refresh token, and live on for a
 * moment as a service does.
 *
 * The crash test has an authorization code ready, as if the user had just logged in:
 *
 *     npm ci --prefix examples
 *     ringback crash-test -- node examples/official_sdk_user.js
 */
'use strict';

const platformClient = require('purecloud-platform-client-v2');

const NUMBER = '+442079460100';
const LIVES_ON_MILLISECONDS = 3000;

async function main() {
  await platformClient.ApiClient.instance.loginCodeAuthorizationGrant(
    process.env.RINGBACK_CODE_CLIENT_ID,
    process.env.RINGBACK_CODE_CLIENT_SECRET,
    process.env.RINGBACK_CODE,
    process.env.RINGBACK_REDIRECT_URI,
  );
  const placed = await new platformClient.ConversationsApi().postConversationsCalls({ phoneNumber: NUMBER });
  console.log(`PLACED: ${placed.id}`);
}

const end = (code) => setTimeout(() => process.exit(code), LIVES_ON_MILLISECONDS);

main().then(
  () => end(0),
  (error) => {
    console.error('FAILED:', error.message || error);
    end(1);
  },
);
