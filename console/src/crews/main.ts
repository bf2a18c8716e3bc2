/** Entry of the crew app: no map, no charts, only what a crew needs in the street. */
import { mount } from "svelte";
import "../ui/fonts.css";
import "../ui/tokens.css";
import "../ui/base.css";
import Crew from "./Crew.svelte";

mount(Crew, { target: document.querySelector("#app") as HTMLElement });
