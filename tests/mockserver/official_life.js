/*
 * A stranger's program: the official JavaScript SDK takes a call through its life, and prints what it read.
 * Its arguments are the mock's port, a number, and the ids of the queue, of the user to consult and of a code.
 */
'use strict';

const gc = require('purecloud-platform-client-v2');

const [port, number, queue, frank, code] = process.argv.slice(2);
const base = `http://127.0.0.1:${port}`;
const client = gc.ApiClient.instance;
client.setGateway({ host: '127.0.0.1', protocol: 'http', port: Number(port) });
client.setAccessToken('alice');
const calls = new gc.ConversationsApi();

async function pass(seconds) {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${base}/__ringback/clock`, { method: 'POST', headers, body: JSON.stringify({ advance: seconds }) });
}

async function refused(ask) {
  try {
    await ask();
  } catch (error) {
    return [error.status, error.code, error.contextId === undefined];
  }
  return null;
}

/* More come to a call of alice's; what frank does not take is left in the mailbox; what is kept is found. */
async function others() {
  const users = new gc.UsersApi();
  await users.putUserCallforwarding(frank, {
    enabled: true,
    calls: [{ targets: [{ type: 'PHONENUMBER', value: '+442079460102' }] }],
    voicemail: 'PURECLOUD',
  });
  const placed = await calls.postConversationsCalls({ callUserId: frank });
  await pass(20);
  const legs = (await calls.getConversationsCall(placed.id)).participants;
  const invited = await calls.postConversationsCallParticipants(placed.id, { participants: [{ address: number }] });
  await pass(5);
  const { participants } = await calls.getConversationsCall(placed.id);
  await calls.patchConversationsCallParticipantAttributes(placed.id, legs[0].id, { attributes: { order: '8' } });
  await calls.deleteConversationParticipantCode(placed.id, legs[0].id, 'k7');
  const search = await calls.postConversationsParticipantsAttributesSearch({
    query: [{ type: 'EXACT', fields: ['conversationId'], value: placed.id }],
  });
  await calls.postConversationDisconnect(placed.id);
  const app = await new gc.OAuthApi().getOauthClient('demo-service');
  client.setAccessToken('frank');
  const voicemail = new gc.VoicemailApi();
  const [message] = (await voicemail.getVoicemailMeMessages({})).entities;
  const box = await voicemail.getVoicemailMeMailbox();
  client.setAccessToken('alice');
  return {
    forwarded: legs.map((leg) => [leg.purpose, leg.disconnectType || leg.state]),
    invited: [invited.participants.length, participants[invited.participants.length - 1].state],
    found: search.results.map((each) => each.participantData[0].participantAttributes),
    client: [app.id, app.authorizedGrantType],
    voicemail: [box.totalCount, message.conversation.id === placed.id, message.callerName],
  };
}

async function main() {
  const placed = await calls.postConversationsCalls({ phoneNumber: number, callFromQueueId: queue });
  await pass(10);
  const [own, customer] = (await calls.getConversationsCall(placed.id)).participants;
  await calls.patchConversationsCallParticipant(placed.id, own.id, { held: true });
  const held = (await calls.getConversationsCall(placed.id)).participants.map((leg) => [leg.held, leg.confined]);
  await calls.patchConversationsCallParticipant(placed.id, own.id, { held: false });
  const wrong = await refused(() =>
    calls.postConversationsCallParticipantConsult(placed.id, own.id, {
      speakTo: 'DESTINATION',
      destination: { userId: frank },
    }),
  );
  const asked = await calls.postConversationsCallParticipantConsult(placed.id, customer.id, {
    speakTo: 'DESTINATION',
    destination: { userId: frank },
  });
  await pass(10);
  const consulted = (await calls.getConversationsCall(placed.id)).participants;
  await calls.patchConversationsCallParticipant(placed.id, own.id, { state: 'disconnected' });
  const kept = await calls.patchConversationsCallParticipantAttributes(placed.id, customer.id, {
    attributes: { order: '7' },
  });
  const codes = await calls.getConversationsCallParticipantWrapupcodes(placed.id, own.id);
  await calls.patchConversationsCallParticipant(placed.id, own.id, { wrapup: { code, notes: 'passed on' } });
  const wrapup = await calls.getConversationsCallParticipantWrapup(placed.id, own.id);
  const snippet = await calls.postConversationsCallParticipantSnippetRecord(placed.id, customer.id, {
    type: 'snippet',
    record: true,
  }).catch((error) => error.code);
  await calls.putConversationSecureattributes(placed.id, { attributes: { pin: '1' } });
  const secure = await calls.getConversationSecureattributes(placed.id);
  await calls.postConversationDisconnect(placed.id);
  await pass(2);
  const over = await calls.getConversation(placed.id);
  const users = new gc.UsersApi();
  const routing = new gc.RoutingApi();
  const presence = new gc.PresenceApi();
  const me = await users.getUsersMe({ expand: ['station', 'presence', 'routingStatus', 'authorization'] });
  console.log(
    JSON.stringify({
      id: placed.id,
      purposes: [own.purpose, customer.purpose],
      held,
      wrong,
      asked: [asked.destinationParticipantId === consulted[2].id, consulted.map((leg) => leg.consultParticipantId)],
      customer: customer.id,
      kept: kept.attributes,
      codes: codes.map((each) => each.name),
      wrapup: [wrapup.code, wrapup.notes],
      snippet,
      secure: secure.attributes,
      states: over.participants.map((leg) => leg.calls[0].state),
      transfers: over.recentTransfers.map((each) => [each.state, each.transferType]),
      me: [me.name, me.station.associatedStation.name, me.presence.presenceDefinition.systemPresence],
      listed: (await calls.getConversationsCalls()).entities.length,
      queues: (await routing.getRoutingQueuesDivisionviews({})).entities.map((each) => each.name),
      members: (await routing.getRoutingQueueUsers(queue, {})).total,
      presences: (await presence.getSystempresences()).length,
      others: await others(),
    }),
  );
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error('FAILED:', error.message || error);
    process.exit(1);
  },
);
