import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useLocation, useNavigate } from 'react-router-dom';
import { ApiError } from '../../../api/errors';
import { ram } from '../../../api/ram';
import { useText } from '../../../app/text';
import { text as common } from '../messages';
import { policyPath } from '../parts/Attached';
import { Back } from '../parts/Back';
import { Section } from '../parts/Section';
import { useChange } from '../parts/useChange';
import styles from '../parts/people.module.css';
import { newStatement, textOf } from './document';
import { text as messages } from './messages';
import { PolicyEditor } from './PolicyEditor';

interface Fields {
  name: string;
  description?: string;
}

export default function NewPolicy() {
  const t = useText(messages);
  const c = useText(common);
  const navigate = useNavigate();
  const from = (useLocation().state as { document?: string } | null)?.document;
  const [document, setDocument] = useState(() => from ?? textOf([newStatement()]));
  const [refused, setRefused] = useState<string>();
  const create = useChange(({ name, description = '' }: Fields) => {
    setRefused(document);
    return ram.createPolicy(name, document, description);
  }, { done: c.saved, onDone: (_, { name }) => navigate(policyPath('Custom', name)) });
  // What is wrong in the text is said at its line.
  const atLine = create.error instanceof ApiError && /MalformedPolicy/.test(create.error.code);
  return (
    <>
      <Back to="/people/policies" title={t.newPolicy} />
      <Section failed={atLine ? undefined : create.error}>
        <Form layout="vertical" requiredMark={false} onFinish={(fields: Fields) => create.mutate(fields)}>
          <div className={styles.two}>
            <Form.Item name="name" label={t.policyName} extra={t.nameRule}
              rules={[{ required: true, message: c.required }]}>
              <Input autoFocus autoComplete="off" spellCheck={false} />
            </Form.Item>
            <Form.Item name="description" label={c.description}><Input dir="auto" /></Form.Item>
          </div>
          <Form.Item>
            <PolicyEditor value={document} onChange={setDocument} error={create.error} refused={refused} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={create.isPending}>{c.create}</Button>
        </Form>
      </Section>
    </>
  );
}
