// What the playground was left with, for as long as somebody is signed in.
import { useSyncExternalStore } from 'react';
import { session } from '../../api/session';
import { Conversation } from './conversation';
import { type Settings, usualSettings } from './settings';

export interface State {
  settings: Settings;
  compare: boolean;
  draft: string;
  models: [string, string];
}
const EMPTY: State = { settings: usualSettings, compare: false, draft: '', models: ['', ''] };

class Playground {
  readonly sides = [new Conversation(), new Conversation()] as const;
  private state = EMPTY;
  private listeners = new Set<() => void>();

  constructor() {
    session.subscribe(() => {
      if (session.get()) return;
      for (const side of this.sides) side.clear();
      this.set(EMPTY);
    });
  }

  get = () => this.state;
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  set(what: Partial<State>) {
    this.state = { ...this.state, ...what };
    for (const listener of this.listeners) listener();
  }
  setSettings(what: Partial<Settings>) {
    this.set({ settings: { ...this.state.settings, ...what } });
  }
  chooseModel(side: number, model: string) {
    const models: [string, string] = [...this.state.models];
    models[side] = model;
    this.set({ models });
  }
}

export const playground = new Playground();
export const usePlayground = () => useSyncExternalStore(playground.subscribe, playground.get);
export const useTurns = (side: Conversation) => useSyncExternalStore(side.subscribe, side.get);
