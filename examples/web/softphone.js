/*
 * A softphone in one page, with the official JavaScript SDK as a browser loads it: log in, dial, follow the call,
 * hold, mute, hang up. Only the gateway differs from what a real org takes: leave setGateway out, and call
 * setEnvironment with your region instead.
 *
 *     make serve      (in one terminal)
 *     make web        (in another; then open http://localhost:8000/web/)
 */
'use strict';

const CLIENT_ID = 'demo-app';
const MOCK = new URL(new URLSearchParams(location.search).get('mock') || stored('mock') || 'http://localhost:8010');
const HERE = location.origin + location.pathname;
const POLL_MILLISECONDS = 1000;

const platform = require('platformClient');
const client = platform.ApiClient.instance;
const conversations = new platform.ConversationsApi();
const calls = new Map();
let heard = 0; // events so far

client.setGateway({ host: MOCK.hostname, port: Number(MOCK.port), protocol: MOCK.protocol.slice(0, -1) });
client.setPersistSettings(true, 'softphone');
client.setReturnExtendedResponses(true); // the headers of a refusal say which rule gave it

const element = (id) => document.getElementById(id);

/** What was chosen before the browser went to the login page and came back. */
function stored(name, value) {
  if (value !== undefined) sessionStorage.setItem(name, value);
  return sessionStorage.getItem(name);
}

/** Why a request was refused: the platform's message, and what Ringback adds to it. */
function told(error) {
  if (!error || !error.body) return String((error && error.message) || error);
  const headers = error.headers || {};
  const rule = headers['ringback-rule'];
  return `${error.status} ${error.body.code}: ${error.body.message}` + (rule ? `\n(ringback rules ${rule})` : '');
}

function show(problem) {
  element('problem').textContent = problem || '';
  element('problem').hidden = !problem;
}

async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    show(told(error));
    return undefined;
  }
}

// Logging in

async function logIn(grant) {
  stored('grant', grant);
  stored('mock', MOCK.href);
  const login = grant === 'implicit' ? 'loginImplicitGrant' : 'loginPKCEGrant';
  await client[login](CLIENT_ID, HERE, { state: 'softphone' });
  history.replaceState(null, '', HERE);
  const { body: me } = await new platform.UsersApi().getUsersMe();
  element('login').hidden = true;
  element('phone').hidden = element('who').hidden = false;
  element('who').firstElementChild.textContent = me.name;
  await follow(me.id);
}

function logOut() {
  sessionStorage.removeItem('grant');
  client.logout(HERE);
}

// Following calls

/** Listen where a channel is to be had, and ask again and again where not. */
async function follow(userId) {
  await refresh();
  const topic = `v2.users.${userId}.conversations.calls`;
  try {
    const notifications = new platform.NotificationsApi();
    const { body: channel } = await notifications.postNotificationsChannels();
    await notifications.postNotificationsChannelSubscriptions(channel.id, [{ id: topic }]);
    listen(channel.connectUri, topic);
  } catch (error) {
    poll(`Asking every second (${told(error)})`);
  }
}

function listen(uri, topic) {
  const socket = new WebSocket(uri);
  socket.onopen = () => {
    listening('Told of every change');
    refresh(); // nobody was told of what changed before
  };
  socket.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.topicName !== topic) return;
    heard += 1;
    keep(event.eventBody);
  };
  socket.onclose = () => poll('Asking every second (the channel is closed)');
}

function poll(why) {
  listening(why);
  setInterval(refresh, POLL_MILLISECONDS);
}

function listening(how) {
  element('listening').textContent = how;
  element('listening').hidden = false;
}

async function refresh() {
  const before = heard;
  const listed = await attempt(() => conversations.getConversationsCalls());
  if (!listed) return;
  if (heard !== before) {
    await refresh(); // what was told meanwhile may be newer than the answer
    return;
  }
  const living = new Set(listed.body.entities.map((call) => call.id));
  for (const id of calls.keys()) if (!living.has(id)) calls.delete(id);
  listed.body.entities.forEach(keep);
  draw();
}

function keep(call) {
  if (call.participants.every((party) => party.state === 'terminated' || party.state === 'disconnected')) {
    calls.delete(call.id);
  } else {
    calls.set(call.id, call);
  }
  draw();
}

// What is seen

function draw() {
  element('calls').replaceChildren(...[...calls.values()].map(row));
  element('none').hidden = calls.size > 0;
}

function row(call) {
  const mine = call.participants.find((party) => party.purpose === 'agent' || party.purpose === 'user');
  const shown = call.participants.find((party) => party !== mine) || mine; // nobody is dialled before my phone is up
  const line = document.createElement('li');
  const to = document.createElement('span');
  to.className = 'to';
  const whose = shown === mine ? 'Your phone' : shown.address || shown.name || 'Somebody';
  to.textContent = `${whose} · ${mine && mine.held ? 'held' : shown.state}`;
  line.append(to);
  if (mine && mine.state === 'connected') {
    line.append(
      button(mine.held ? 'Unhold' : 'Hold', () => change(call, mine, { held: !mine.held })),
      button(mine.muted ? 'Unmute' : 'Mute', () => change(call, mine, { muted: !mine.muted })),
    );
  }
  line.append(button('Hang up', () => conversations.postConversationDisconnect(call.id)));
  return line;
}

function button(label, action) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.onclick = () => press(action);
  return made;
}

async function press(action) {
  show('');
  await attempt(action);
  await refresh();
}

function change(call, party, wish) {
  return conversations.patchConversationsCallParticipant(call.id, party.id, wish);
}

element('dial').onsubmit = (event) => {
  event.preventDefault();
  const phoneNumber = element('number').value.trim();
  press(() => conversations.postConversationsCalls({ phoneNumber }));
};
element('logout').onclick = logOut;
for (const chosen of document.querySelectorAll('[data-grant]')) {
  chosen.onclick = () => attempt(() => logIn(chosen.dataset.grant));
}
if (stored('grant')) attempt(() => logIn(stored('grant')));
