import { type FormEvent, useState } from 'react';
import { type RuleItem, useAlertChange, useAlertRules } from '../api/alerts.ts';
import { forgetDraft, keepDraft, readDraft } from '../app/drafts.ts';
import { useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { Empty, Failure, Loading } from '../design/states.tsx';
import { RuleForm } from './rule-form.tsx';
import { type FormState, formOf, newForm, readForm } from './rule-form-state.ts';
import { RulePreview } from './rule-preview.tsx';

/** A rule to be made (`new`) or changed; who may not change it can still look, and try others. */
export function RuleEditor({ id, isAdmin }: { id: string; isAdmin: boolean }) {
  const [, update] = useUrlState();
  const rules = useAlertRules();
  const close = () => update({ rule: undefined });
  if (id === 'new') return <Editor rule={null} isAdmin={isAdmin} close={close} />;
  if (rules.isLoadingError)
    return <Failure error={rules.error} what="the rule" retry={() => void rules.refetch()} />;
  if (rules.data === undefined) return <Loading what="the rule" />;
  const rule = rules.data.find((one) => one.id === id);
  if (rule !== undefined) return <Editor rule={rule} isAdmin={isAdmin} close={close} />;
  return (
    <Empty title="There is no such rule">
      <button type="button" className="button" onClick={close}>
        All alerts
      </button>
    </Empty>
  );
}

interface EditorProps {
  readonly rule: RuleItem | null;
  readonly isAdmin: boolean;
  readonly close: () => void;
}

function Editor({ rule, isAdmin, close }: EditorProps) {
  // The rule as it was opened: what somebody else changes meanwhile does not pull the fields away.
  const draftName = `rule.${rule?.id ?? 'new'}`;
  const original = () => (rule === null ? newForm() : formOf(rule));
  const [form, setForm] = useState(() => readDraft<FormState>(draftName) ?? original());
  const [isDraft, setIsDraft] = useState(() => readDraft(draftName) !== null);
  const [wasTried, setWasTried] = useState(false);
  const change = useAlertChange();
  const edit = (next: FormState) => {
    setForm(next);
    keepDraft(draftName, next);
  };
  const leave = () => {
    forgetDraft(draftName);
    close();
  };
  const read = readForm(form);
  // Who has not come to the name yet still hears of the rest.
  const judged = wasTried || form.name !== '' ? read : readForm({ ...form, name: 'unnamed' });
  const error = judged.ok ? null : judged.error;
  const path = rule === null ? '/rules' : `/rules/${encodeURIComponent(rule.id)}`;
  const save = (event: FormEvent) => {
    event.preventDefault();
    setWasTried(true);
    if (!read.ok) return;
    change.mutate({ method: rule === null ? 'POST' : 'PUT', path, body: read.body }, { onSuccess: leave });
  };
  return (
    <form className="rule-editor" onSubmit={save} noValidate>
      <div className="toolbar">
        <button
          type="button"
          className="button icon"
          onClick={leave}
          aria-label="All alerts"
          title="All alerts"
        >
          <Icon name="left" />
        </button>
        <h1 className="clip">{rule === null ? 'New rule' : rule.name}</h1>
        <span className="spread" />
        {isAdmin && rule !== null && (
          <DeleteButton onDelete={() => change.mutate({ method: 'DELETE', path }, { onSuccess: leave })} />
        )}
        <button type="button" className="button" onClick={leave}>
          Cancel
        </button>
        {isAdmin && (
          <button type="submit" className="button primary" disabled={change.isPending}>
            Save
          </button>
        )}
      </div>
      <div className="rule-body scroll">
        {change.isError && (
          <p className="notice bad-notice" role="alert">
            <Icon name="warning" /> {change.error.message}
          </p>
        )}
        {isDraft && (
          <p className="notice" role="status">
            What you had typed here and not saved is still there.
            <button
              type="button"
              className="button"
              onClick={() => {
                forgetDraft(draftName);
                setForm(original());
                setIsDraft(false);
              }}
            >
              Begin anew
            </button>
          </p>
        )}
        {!isAdmin && <p className="notice">Only admins change rules. You may try one: nothing is kept.</p>}
        <div className="rule-columns">
          <section className="panel rule-form" aria-label="Rule">
            <RuleForm form={form} onChange={edit} error={error} />
          </section>
          <RulePreview form={form} />
        </div>
      </div>
    </form>
  );
}

function DeleteButton({ onDelete }: { onDelete: () => void }) {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <button
      type="button"
      className={isAsked ? 'button danger' : 'button'}
      onClick={() => (isAsked ? onDelete() : setIsAsked(true))}
      onBlur={() => setIsAsked(false)}
    >
      {isAsked ? 'Really delete?' : 'Delete'}
    </button>
  );
}
