/** Entry of the console. */
import { mount } from "svelte";
import "../ui/fonts.css";
import "../ui/tokens.css";
import "../ui/base.css";
import App from "./App.svelte";

mount(App, { target: document.querySelector("#app") as HTMLElement });
