// Draws figures by their signed distance, in a plane where the picture is the square from -1 to 1.
#include "core/data/scene.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/data/figures.hpp"

namespace graft::core {
namespace {

constexpr float kTurn = 2 * std::numbers::pi_v<float>;

float between(Random& random, float low, float high) { return low + (high - low) * float(random.uniform()); }

Colour any_colour(Random& random) { return {between(random, 0, 1), between(random, 0, 1), between(random, 0, 1)}; }

float light(const Colour& c) { return .3f * c[0] + .59f * c[1] + .11f * c[2]; }

Colour mixed(const Colour& a, const Colour& b, float t) {
  return {a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t};
}

// A colour lighter or darker than `other` by at least `step`, as far as colours go.
Colour stepped(const Colour& other, float step, bool lighter, Random& random) {
  const float target = light(other) + (lighter ? step : -step);
  if (target < 0 || target > 1) lighter = target < 0;
  Colour colour = any_colour(random);
  for (int attempt = 0; attempt < 20 && (lighter ? light(colour) < light(other) + step : light(colour) > light(other) - step);
       ++attempt) {
    colour = mixed(any_colour(random), lighter ? Colour{1, 1, 1} : Colour{0, 0, 0}, .05f * float(attempt));
  }
  return colour;
}

class Canvas {
 public:
  explicit Canvas(std::int64_t size) : size_(size), pixel_(2.f / float(size)), values_(std::size_t(3 * size * size)) {}

  // Covers the picture with `colour(p)` to the extent of `cover(p)` in 0..1.
  template <class Cover, class Paint>
  void paint(Point centre, float reach, const Cover& cover, const Paint& colour) {
    const auto [top, bottom] = pixels(centre.y, reach);
    const auto [left, right] = pixels(centre.x, reach);
    for (std::int64_t row = top; row < bottom; ++row) {
      for (std::int64_t column = left; column < right; ++column) {
        const Point p{(float(column) + .5f) * pixel_ - 1, (float(row) + .5f) * pixel_ - 1};
        if (const float share = cover(p); share > 0) mix(row * size_ + column, colour(p), share);
      }
    }
  }

  float covered(float distance) const {
    return std::clamp(.5f - distance / pixel_, 0.f, 1.f);
  }  // by a signed distance, antialiased

  void blur(float deviation);
  void write(const Camera& camera, Random& random, unsigned char* bytes) const;

 private:
  std::pair<std::int64_t, std::int64_t> pixels(float centre, float reach) const {
    const auto index = [&](float at) { return std::clamp<std::int64_t>(std::int64_t((at + 1) / pixel_), 0, size_); };
    return {index(centre - reach), std::min(size_, index(centre + reach) + 1)};
  }

  void mix(std::int64_t at, const Colour& colour, float share) {
    for (std::int64_t c = 0; c < 3; ++c) {
      float& value = values_[std::size_t(c * size_ * size_ + at)];
      value += (colour[std::size_t(c)] - value) * share;
    }
  }

  std::int64_t size_;
  float pixel_;
  std::vector<float> values_;  // [3, size, size], 0..1
};

// One line of `size` values, each `stride` from the last, under `weights` around each; edges repeat.
void smooth(float* start, std::int64_t stride, std::int64_t size, const std::vector<float>& weights, float sum) {
  const auto radius = std::int64_t(weights.size() / 2);
  std::vector<float> line(static_cast<std::size_t>(size));
  for (std::int64_t i = 0; i < size; ++i) line[std::size_t(i)] = start[i * stride];
  for (std::int64_t i = 0; i < size; ++i) {
    float value = 0;
    for (std::int64_t j = -radius; j <= radius; ++j) {
      value += weights[std::size_t(j + radius)] * line[std::size_t(std::clamp<std::int64_t>(i + j, 0, size - 1))];
    }
    start[i * stride] = value / sum;
  }
}

// Gaussian, along rows and then columns.
void Canvas::blur(float deviation) {
  const float pixels = deviation * float(size_);
  const auto radius = std::int64_t(std::ceil(2 * pixels));
  if (pixels < .2f) return;
  std::vector<float> weights;
  for (std::int64_t i = -radius; i <= radius; ++i) weights.push_back(std::exp(-float(i * i) / (2 * pixels * pixels)));
  float sum = 0;
  for (const float weight : weights) sum += weight;
  const auto along = [&](float* start, std::int64_t stride) { smooth(start, stride, size_, weights, sum); };
  for (std::int64_t row = 0; row < 3 * size_; ++row) along(values_.data() + row * size_, 1);
  for (std::int64_t plane = 0; plane < 3; ++plane) {
    for (std::int64_t column = 0; column < size_; ++column) along(values_.data() + plane * size_ * size_ + column, size_);
  }
}

void Canvas::write(const Camera& camera, Random& random, unsigned char* bytes) const {
  const std::int64_t plane = size_ * size_;
  for (std::int64_t at = 0; at < plane; ++at) {
    std::uint64_t bits = random.next();
    for (std::int64_t c = 0; c < 3; ++c, bits >>= 21) {  // the sum of three 7-bit numbers: nearly normal, of deviation 64
      const float noise = (float((bits & 127) + (bits >> 7 & 127) + (bits >> 14 & 127)) - 190.5f) / 64;
      const float value = values_[std::size_t(c * plane + at)] * camera.cast[std::size_t(c)];
      const float seen = .5f + (value - .5f) * camera.contrast + camera.brightness + noise * camera.noise;
      bytes[c * plane + at] = static_cast<unsigned char>(std::clamp(seen, 0.f, 1.f) * 255 + .5f);
    }
  }
}

void draw_background(Canvas& canvas, const Colour& colour, Random& random) {
  const Colour other = mixed(colour, any_colour(random), .35f);
  const float angle = between(random, 0, kTurn), waves = between(random, 2, 6), phase = between(random, 0, kTurn);
  const float x = std::cos(angle), y = std::sin(angle);
  canvas.paint(
      {}, 2, [](Point) { return 1.f; },
      [&](Point p) { return mixed(colour, other, .5f + .5f * std::sin(phase + waves * (x * p.x + y * p.y))); });
}

void draw_blob(Canvas& canvas, Random& random) {
  const Colour colour = any_colour(random);
  const Point centre{between(random, -1, 1), between(random, -1, 1)};
  const float wide = between(random, .08f, .28f), high = between(random, .08f, .28f), strength = between(random, .4f, .9f);
  canvas.paint(
      centre, std::max(wide, high) + .05f,
      [&](Point p) {
        const float x = (p.x - centre.x) / wide, y = (p.y - centre.y) / high;
        return strength * canvas.covered((std::sqrt(x * x + y * y) - 1) * std::min(wide, high));
      },
      [&](Point) { return colour; });
}

void draw_stroke(Canvas& canvas, Random& random) {
  const Colour colour = any_colour(random);
  const Point start{between(random, -1, 1), between(random, -1, 1)};
  const float angle = between(random, 0, kTurn), length = between(random, .3f, 1), width = between(random, .02f, .06f);
  const Point end{start.x + length * std::cos(angle), start.y + length * std::sin(angle)};
  canvas.paint(
      start, length + .1f, [&](Point p) { return .9f * canvas.covered(segment_distance(p, start, end) - width); },
      [&](Point) { return colour; });
}

struct Pose {
  Point centre;
  float radius, turn;
};

void draw_figure(Canvas& canvas, const Letter& letter, const Pose& pose, const Colour& background, bool bright, Random& random) {
  const Colour first = stepped(background, .3f, bright, random), second = stepped(first, .35f, !bright, random);
  const float x = std::cos(pose.turn) / pose.radius, y = std::sin(pose.turn) / pose.radius;
  const auto own = [&](Point p) {  // from the picture's plane to the figure's
    const Point from{p.x - pose.centre.x, p.y - pose.centre.y};
    return Point{x * from.x + y * from.y, x * from.y - y * from.x};
  };
  canvas.paint(
      pose.centre, 1.3f * pose.radius,
      [&](Point p) { return canvas.covered(figure_distance(letter.figure, own(p)) * pose.radius); },
      [&](Point p) { return mixed(first, second, canvas.covered(texture_distance(letter.texture, own(p)) * pose.radius)); });
}

}  // namespace

Camera draw_camera(Random& random) {
  Camera camera;
  camera.roll = between(random, -.5f, .5f);
  camera.zoom = between(random, .85f, 1.15f);
  for (float& factor : camera.cast) factor = between(random, .6f, 1.15f);
  camera.tint = any_colour(random);
  camera.bright = random.below(2) == 0;
  camera.lean = between(random, .2f, .7f);
  camera.contrast = between(random, .65f, 1.1f);
  camera.brightness = between(random, -.12f, .12f);
  camera.blur = between(random, 0, .02f);
  camera.noise = between(random, .015f, .05f);
  return camera;
}

void draw_scene(std::span<const Letter> letters, const Camera& camera, Random& random, std::int64_t size, unsigned char* bytes) {
  Canvas canvas(size);
  const Colour background = mixed(any_colour(random), camera.tint, camera.lean);
  draw_background(canvas, background, random);
  for (int blobs = int(random.below(3)); blobs > 0; --blobs) draw_blob(canvas, random);
  for (int strokes = int(random.below(3)); strokes > 0; --strokes) draw_stroke(canvas, random);

  // Several figures stand around the middle, the first being the largest; one alone stands anywhere.
  const auto count = float(letters.size());
  float angle = between(random, 0, kTurn);
  for (std::size_t i = 0; i < letters.size(); ++i, angle += kTurn / count) {
    const float radius = camera.zoom * between(random, .55f, .8f) * (i == 0 ? 1.f : .6f) / std::max(1.f, .65f * count);
    const float away = letters.size() == 1 ? between(random, 0, .2f) : .5f;
    const Pose pose{{away * std::cos(angle), away * std::sin(angle)}, radius, camera.roll + between(random, -.2f, .2f)};
    draw_figure(canvas, letters[i], pose, background, camera.bright, random);
  }
  if (random.below(2) == 0) draw_stroke(canvas, random);
  canvas.blur(camera.blur);
  canvas.write(camera, random, bytes);
}

}  // namespace graft::core
