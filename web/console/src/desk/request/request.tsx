/** The page of one request. */

import { me } from "../../session";
import { at } from "../../route";
import { day, dayAndTime } from "../../times";
import { Icon } from "../../ui/icon";
import { Card, Page } from "../../ui/page";
import { Shown } from "../../ui/states";
import { useWatched } from "../../watched";
import { urgency } from "../days";
import type { RightsRequest } from "../model";
import { Facts, StateTag, Who, Words } from "../parts";
import { MailText } from "../requests/candidate";
import { CHANNELS, METHODS, TYPES, typeName } from "../words";
import { Acts } from "./acts";
import { Answer } from "./answer";
import { AnswerAddressCard } from "./answer-address";
import { ClockCard } from "./clock";
import { IdentityCard } from "./identity";
import { Letters } from "./letters";
import { MainAct } from "./main-act";
import { Progress } from "./progress";
import { Timeline } from "./timeline";
import { Suppression } from "./suppression";
import { type Act, useRequest } from "./use-request";
import { next } from "./work";

export function RequestPage({ reference }: { reference: string }) {
  const { asked, act } = useRequest(reference);
  const type = asked.data?.type ?? null;
  return (
    <Page title={asked.data ? (type ? TYPES[type].name : "What may be a request") : "Request"} up={{ to: at("desk", "requests"), words: "Requests" }} lead={<span class="numbers">Reference {reference}</span>}>
      <Shown of={asked} what="Loading the request">
        {(request) => <Whole request={request} act={act} again={asked.again} />}
      </Shown>
    </Page>
  );
}

function Whole({ request, act, again }: { request: RightsRequest; act: Act; again: () => Promise<void> }) {
  return (
    <>
      <Head request={request} act={act} again={again} />
      <div class="request-columns">
        <div class="request-main">
          <Progress request={request} />
          <IdentityCard request={request} act={act} />
          <Answer request={request} />
          <Suppression request={request} act={act} />
          <AnswerAddressCard request={request} act={act} />
          <Letters request={request} act={act} />
          <Card title="What was done">
            <Timeline request={request} />
          </Card>
        </div>
        <div class="request-side">
          <ClockCard request={request} />
          <About request={request} />
          <Acts request={request} act={act} />
        </div>
      </div>
    </>
  );
}

function Head({ request, act, again }: { request: RightsRequest; act: Act; again: () => Promise<void> }) {
  const who = useWatched(me);
  const todo = next(request, who?.id ?? "");
  const urgent = urgency(request);
  return (
    <section class={`next ${todo.ours ? "ours" : ""}`} aria-label="What happens next">
      <p class="next-tags">
        <StateTag of={request} />
        {urgent.words !== "Ended" && (
          <span class={`tag ${urgent.tone}`}>
            <Icon name="clock" size={14} />
            {urgent.words}
          </span>
        )}
        {request.answer_came && <span class="tag warn">An answer came</span>}
        {urgent.why && <span class="mute small">{urgent.why}</span>}
      </p>
      <div role="status">
        <h2>{todo.what}</h2>
        {todo.why && <p class="mute">{todo.why}</p>}
      </div>
      <MainAct request={request} act={act} again={again} />
    </section>
  );
}

function About({ request }: { request: RightsRequest }) {
  return (
    <Card title="What was asked">
      <Facts
        of={[
          ["By", <Who of={request} />],
          ["Asks for", request.type ? TYPES[request.type].asks : typeName(null)],
          ["Came", `${CHANNELS[request.channel]}, ${dayAndTime(request.received_at)}`],
          ["Identity", request.identity && `${request.identity.decision === "proven" ? "Proven" : "Not proven"}: ${METHODS[request.identity.method] ?? request.identity.method}, ${day(request.identity.at)}`],
          ["Asked for them by", request.authority && <bdi>{`${request.authority.what} (${day(request.authority.at)})`}</bdi>],
          ["Said in chat", request.chat_id && <code>{request.chat_id}</code>],
          ["Kept until", day(request.expires_at)],
        ]}
      />
      {request.details && <Words>{request.details}</Words>}
      {request.correspondence_id && (
        <details>
          <summary>{request.channel === "phone" ? "The call in which it was said" : "The mail that it came with"}</summary>
          <MailText id={request.correspondence_id} />
        </details>
      )}
      {request.follows && (
        <p>
          It cites the ended request <a href={at("desk", "requests", request.follows)}>{request.follows}</a>.
        </p>
      )}
      {request.answers.map((one) => (
        <details key={one.correspondence_id}>
          <summary>
            {one.automatic ? "An automatic answer" : "A mail"} of {dayAndTime(one.at)}
            {one.another && ", from another address"}
          </summary>
          <MailText id={one.correspondence_id} />
        </details>
      ))}
    </Card>
  );
}
