"""How far two readers are apart: by probabilities, since the number of a character is no measure."""

import torch

from pipeline.models.light_torch.torch_light_specs import TOLERANCE, reader_distance

STEPS = 200


def outputs() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(7)
    return torch.rand(1, STEPS, generator=generator), torch.randint(0, 18_710, (1, STEPS), generator=generator)


def test_a_near_tie_that_flips_is_no_difference() -> None:
    probabilities, numbers = outputs()
    flipped = numbers.clone()
    flipped[0, 50] += 5_000
    assert reader_distance((probabilities + 1e-5, flipped), (probabilities, numbers)) < TOLERANCE


def test_another_network_is_infinitely_far() -> None:
    probabilities, numbers = outputs()
    assert reader_distance((probabilities, numbers + 1), (probabilities, numbers)) == float("inf")
    assert reader_distance((probabilities * float("nan"), numbers), (probabilities, numbers)) == float("inf")


def test_probabilities_are_compared() -> None:
    probabilities, numbers = outputs()
    apart = probabilities.clone()
    apart[0, 3] += 0.25
    assert abs(reader_distance((apart, numbers), (probabilities, numbers)) - 0.25) < 1e-6
