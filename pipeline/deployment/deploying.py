"""From a wish to a running Space: look, plan, make the changes in the right order, and follow it until it serves them.

Bucket and dataset come first, since the Space is created with both. Then variables, secrets, volumes and hardware, each
of which only restarts the Space, and the commit last, which builds it. Every step compares first, so that a second run
makes what the first one did not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.deployment.deploy_plan import DeployPlan, make_plan, plan_lines, wanted_variables
from pipeline.deployment.space_facts import HubFacts, WantedSpace
from pipeline.deployment.spaces_hub import SpacesHub
from pipeline.errors import SpaceTaken

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Deployer:
    """Makes one Space after another. ``report`` takes a line for the person who waits."""

    hub: SpacesHub
    report: Report

    def look(self, wanted: WantedSpace) -> HubFacts:
        """What is there of what is wanted. Raises DeployError."""
        return HubFacts(
            space=self.hub.space(wanted.space_id),
            bucket=bool(wanted.bucket_id) and self.hub.has_bucket(wanted.bucket_id),
            dataset=bool(wanted.dataset_id) and self.hub.has_dataset(wanted.dataset_id),
        )

    def plan(self, wanted: WantedSpace, overwrite: bool = False) -> DeployPlan:
        """The changes, told line by line. Raises SpaceTaken unless ``overwrite``, and DeployError."""
        found = self.look(wanted)
        if found.space is not None and not found.space.holds_folio and not overwrite:
            raise SpaceTaken(wanted.space_id)
        plan = make_plan(wanted, found)
        for line in plan_lines(plan, wanted, found):
            self.report(f"  {line}")
        if plan.empty:
            self.report(f"  {wanted.space_id} is as wanted")
        return plan

    def carry_out(self, plan: DeployPlan, wanted: WantedSpace) -> None:
        """Make the changes. Raises DeployError at the first that cannot be made; a second run goes on there."""
        if plan.create_bucket:
            self.hub.create_bucket(wanted.bucket_id)
        if wanted.dataset_id:
            self.hub.prepare_dataset(wanted)
        if plan.create_space:
            self.hub.create_space(wanted, wanted_variables(wanted, None))
            plan = make_plan(wanted, self.look(wanted))  # what the creating request did not bring about, files foremost
        self._configure(plan, wanted)
        if plan.add or plan.delete:
            files = {path: wanted.tree.files[path] for path in plan.add}
            self.hub.commit(wanted.space_id, files, plan.delete, f"Deploy Folio {wanted.tree.build}")
        if plan.wake:
            self.hub.restart(wanted.space_id)

    def _configure(self, plan: DeployPlan, wanted: WantedSpace) -> None:
        for name in plan.secrets:
            self.hub.set_secret(wanted.space_id, name, wanted.secrets[name])
        for name in plan.unset:
            self.hub.unset_variable(wanted.space_id, name)
        for name, value in plan.variables.items():
            self.hub.set_variable(wanted.space_id, name, value)
        if plan.volumes is not None:
            self.hub.set_volumes(wanted.space_id, plan.volumes)
        if plan.hardware:
            self.hub.set_hardware(wanted.space_id, plan.hardware)
