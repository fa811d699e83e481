// One picture of `shapes`: a background, clutter, the figures that make the class, seen through a client's camera.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "core/base/random.hpp"
#include "core/data/words.hpp"

namespace graft::core {

using Colour = std::array<float, 3>;

struct Camera {  // what sets one client's pictures apart from another's
  float roll;    // radians; turns the whole scene
  float zoom;    // a factor on the figures' size
  Colour cast;   // a factor a channel
  Colour tint;   // towards which backgrounds lean …
  float lean;    // … and how much, 0 to 1
  bool bright;   // figures are lighter than what is behind them, else darker
  float contrast, brightness;
  float blur;   // deviation, as a part of the picture's side
  float noise;  // deviation of grey levels in 0..1
};
Camera draw_camera(Random& random);

// Writes bytes [3, size, size]. The draws do not depend on the size, but for the noise, which comes last.
void draw_scene(std::span<const Letter> letters, const Camera& camera, Random& random, std::int64_t size, unsigned char* bytes);

}  // namespace graft::core
