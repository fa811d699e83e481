// Polygons as lists of corners, the rest as formulas.
#include "core/data/figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace graft::core {
namespace {

constexpr Point kSquare[] = {{-.76f, -.76f}, {.76f, -.76f}, {.76f, .76f}, {-.76f, .76f}};
constexpr Point kTriangle[] = {{0, -1}, {.9f, .7f}, {-.9f, .7f}};
constexpr Point kCross[] = {{-.3f, -.95f}, {.3f, -.95f}, {.3f, -.3f}, {.95f, -.3f}, {.95f, .3f},   {.3f, .3f},
                            {.3f, .95f},   {-.3f, .95f}, {-.3f, .3f}, {-.95f, .3f}, {-.95f, -.3f}, {-.3f, -.3f}};
constexpr Point kStar[] = {{0, -1},   {.27f, -.37f}, {.95f, -.31f}, {.44f, .14f},   {.59f, .81f},
                           {0, .46f}, {-.59f, .81f}, {-.44f, .14f}, {-.95f, -.31f}, {-.27f, -.37f}};
constexpr Point kHourglass[] = {{-.8f, -.9f}, {.8f, -.9f}, {.14f, 0}, {.8f, .9f}, {-.8f, .9f}, {-.14f, 0}};

float length(Point p) { return std::sqrt(p.x * p.x + p.y * p.y); }

float polygon_distance(std::span<const Point> corners, Point p) {
  float nearest = std::numeric_limits<float>::max();
  bool inside = false;
  for (std::size_t i = 0, before = corners.size() - 1; i < corners.size(); before = i++) {
    const Point a = corners[before], b = corners[i];
    nearest = std::min(nearest, segment_distance(p, a, b));
    const bool crosses = (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x;
    if (crosses) inside = !inside;
  }
  return inside ? -nearest : nearest;
}

// Bands of a wave of that phase; near an edge its sine over the frequency is the distance to the edge.
float bands(float phase, float frequency) { return std::sin(phase) / frequency; }

}  // namespace

float segment_distance(Point p, Point a, Point b) {
  const Point along{b.x - a.x, b.y - a.y}, from{p.x - a.x, p.y - a.y};
  const float squared = along.x * along.x + along.y * along.y;
  const float t = std::clamp((from.x * along.x + from.y * along.y) / std::max(squared, 1e-12f), 0.f, 1.f);
  return length({from.x - t * along.x, from.y - t * along.y});
}

float figure_distance(int figure, Point p) {
  switch (figure) {
    case 0: return length(p) - .88f;
    case 1: return polygon_distance(kTriangle, p);
    case 2: return polygon_distance(kSquare, p);
    case 3: return polygon_distance(kCross, p);
    case 4: return std::abs(length(p) - .7f) - .24f;  // ring
    case 5: return polygon_distance(kStar, p);
    case 6: return std::max(length(p) - .95f, .72f - length({p.x - .42f, p.y}));  // crescent
    default: return polygon_distance(kHourglass, p);
  }
}

float texture_distance(int texture, Point p) {
  constexpr float kFine = 7.5f, kCoarse = 5.5f;  // radians a unit
  switch (texture) {
    case 0: return 1;                                                                     // plain
    case 1: return bands(kFine * p.y, kFine);                                             // stripes across
    case 2: return bands(kFine * p.x, kFine);                                             // stripes upright
    case 3: return std::sin(kCoarse * p.x) * std::sin(kCoarse * p.y) / kCoarse;           // checks
    case 4: return (.35f - std::cos(kCoarse * p.x) * std::cos(kCoarse * p.y)) / kCoarse;  // dots
    case 5: return bands(kFine * length(p), kFine);                                       // rings
    case 6: return bands(kFine * .7071f * (p.x + p.y), kFine);                            // stripes aslant
    default: return p.y;                                                                  // two halves
  }
}

}  // namespace graft::core
