/** Calls and mails. */

import { useState } from "preact/hooks";
import { post } from "../../api";
import { newId } from "../../ids";
import { at } from "../../route";
import { dayAndTime, localNow, withOffset } from "../../times";
import { Button } from "../../ui/button";
import { AreaField, TextField } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Page } from "../../ui/page";
import { toast } from "../../ui/toast";
import { FormDialog, needed } from "../form-dialog";
import type { Correspondence } from "../model";
import { Who } from "../parts";
import { plural } from "../words";
import { chatIn } from "./chat-link";
import { RecordList, useRecords } from "./record-list";

const PATH = "/v1/desk/correspondence";

export function CorrespondenceList() {
  const paged = useRecords<Correspondence>(PATH);
  const [noting, note] = useState(false);
  return (
    <Page
      title="Correspondence"
      lead="Calls and mails. Every look at one is recorded."
      acts={
        <Button kind="primary" icon="phone" onClick={() => note(true)}>
          Note down a call
        </Button>
      }
    >
      <RecordList path={PATH} paged={paged} icon="mail" one="call or mail" many="calls or mails" to={(one) => at("desk", "correspondence", one.id)} none={<p>Mails to us stand here by themselves. Note down calls that matter.</p>}>
        {(one) => (
          <>
            <Icon name={one.channel === "call" ? "phone" : "mail"} />
            <span class="row-main">
              <strong dir="auto">{one.subject ?? (one.channel === "call" ? "Call" : "Mail without a subject")}</strong>
              <span class="one-line" dir="auto">
                {one.text ?? one.problem ?? ""}
              </span>
              <Who of={one} />
            </span>
            <span class="row-side">
              <span class="small mute">{dayAndTime(one.at)}</span>
              <span class="row-tags">
                {one.choices && !one.chosen_by && <span class="tag warn">Whose is it?</span>}
                {one.chat_id && <span class="tag">Has a chat</span>}
                {one.attachments.length > 0 && <span class="tag">{plural(one.attachments.length, "file")}</span>}
                {one.restricted && <span class="tag warn">Restricted</span>}
              </span>
            </span>
          </>
        )}
      </RecordList>
      {noting && <NoteCall close={() => note(false)} done={paged.again} />}
    </Page>
  );
}

function NoteCall({ close, done }: { close: () => void; done: () => Promise<void> }) {
  const [id] = useState(newId); // sent again, it is noted once
  return (
    <FormDialog
      title="Note down a call"
      yes="Note it down"
      wide
      fields={["about", "at", "name", "email", "phone", "chat_id"]}
      close={close}
      act={async (given) => {
        await post(PATH, { about: needed(given, "about", "Please write what it was about."), at: given.at ? withOffset(given.at) : null, name: given.name, email: given.email, phone: given.phone, chat_id: chatIn(given.chat_id), client_id: id });
        toast("Noted down.");
        await done();
      }}
    >
      {(problem) => (
        <>
          <div class="fields two">
            <TextField name="at" type="datetime-local" label="When" problem={problem} defaultValue={localNow()} />
            <TextField name="phone" type="tel" label="Phone number" problem={problem} />
            <TextField name="name" label="Name" dir="auto" problem={problem} />
            <TextField name="email" type="email" label="Email address" autocapitalize="none" problem={problem} />
          </div>
          <AreaField name="about" label="What it was about" dir="auto" problem={problem} hint="Card numbers are masked by themselves; better leave them out." />
          <TextField name="chat_id" label="The chat it belongs to (may stay blank)" problem={problem} hint="The chat’s reference, or its address in the console." />
        </>
      )}
    </FormDialog>
  );
}
