// Looking after the models: Model Studio's management API (2026-02-10). ListModels is the vendor's,
// the others are this server's own beside it.
import { type Options, roa } from './http';
import type { ModelState } from './lakeside';

const MODEL_STUDIO = { name: 'modelstudio', version: '2026-02-10' };
const MODELS = '/modelstudio/models';
const TASKS = '/modelstudio/modeltasks';

export interface AdminModel {
  model: string;
  status: ModelState;
  pinned: boolean;
  capabilities: string[];
  fileBytes: number;
  memoryBytes: number; // what it takes while it is loaded
  running: number;
  queued: number;
  publishedTime: number;
  problem?: string;
  description?: string;
  modelInfo?: { contextWindow: number };
  firstTokenMillis?: number; // the latest requests' mean; absent: nothing measured
  tokensPerSecond?: number;
}
export interface ModelMemory {
  usedBytes: number;
  limitBytes: number; // 0: none
}

export type TaskStatus = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';
export interface ModelTask {
  taskId: string;
  type: 'Pull' | 'Import';
  source: string;
  status: TaskStatus;
  hub?: string;
  file?: string;
  model?: string;
  bytesDone: number;
  bytesTotal: number;
  gmtCreate: number;
  message?: string;
  errorCode?: string;
  errorMessage?: string;
}
export const isUnderWay = ({ status }: ModelTask) => status === 'PENDING' || status === 'RUNNING';

export interface PullWish {
  source: string; // OWNER/REPO, OWNER/REPO:Q4_K_M
  model?: string; // its name here
  file?: string;
  hub?: string;
}

type Parameters = Record<string, string | number | boolean | undefined>;

function call<T>(
  method: string, action: string, path: string, parameters: Parameters = {}, options: Options = {},
): Promise<T> {
  return roa<T>(MODEL_STUDIO, { method, path, action }, parameters, options);
}

const modelAt = (name: string, verb = '') => `${MODELS}/${encodeURIComponent(name)}${verb}`;

async function pages<P extends { nextToken?: string }>(
  read: (parameters: Parameters) => Promise<P>, take: (page: P) => void,
): Promise<void> {
  for (let nextToken: string | undefined = '0'; nextToken !== undefined;) {
    const page: P = await read({ maxResults: 100, nextToken });
    take(page);
    nextToken = page.nextToken;
  }
}

export const modelAdmin = {
  async list(options: Options = {}): Promise<{ models: AdminModel[]; memory: ModelMemory }> {
    type Page = { models: AdminModel[]; memory: ModelMemory; nextToken?: string };
    const models: AdminModel[] = [];
    let memory: ModelMemory = { usedBytes: 0, limitBytes: 0 };
    await pages<Page>((parameters) => call('GET', 'ListModels', MODELS, parameters, options),
      (page) => {
        models.push(...page.models);
        memory = page.memory;
      });
    return { models, memory };
  },
  load: (name: string) => call('PUT', 'LoadModel', modelAt(name, '/load')),
  unload: (name: string) => call('PUT', 'UnloadModel', modelAt(name, '/unload')),
  pin: (name: string) => call('PUT', 'PinModel', modelAt(name, '/pin')),
  unpin: (name: string) => call('PUT', 'UnpinModel', modelAt(name, '/unpin')),
  delete: (name: string) => call('DELETE', 'DeleteModel', modelAt(name)),

  async pull(wish: PullWish): Promise<ModelTask> {
    const answer = await call<{ task: ModelTask }>('POST', 'PullModel', `${MODELS}/pull`, { ...wish });
    return answer.task;
  },
  async importObject(source: string, model?: string): Promise<ModelTask> {
    const answer = await call<{ task: ModelTask }>(
      'POST', 'ImportModel', `${MODELS}/import`, { source, model });
    return answer.task;
  },
  async tasks(options: Options = {}): Promise<ModelTask[]> {
    const tasks: ModelTask[] = [];
    await pages<{ tasks: ModelTask[]; nextToken?: string }>(
      (parameters) => call('GET', 'ListModelTasks', TASKS, parameters, options),
      (page) => tasks.push(...page.tasks));
    return tasks;
  },
  cancel: (id: string) => call('PUT', 'CancelModelTask', `${TASKS}/${encodeURIComponent(id)}/cancel`),
};
